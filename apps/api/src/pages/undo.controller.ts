import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { UndoEmailChange } from '@app/account';
import type { Locale, Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { AnswersHtml, renderPage } from './html';
import { ReaderLocale } from './locale';
import { OwnFormGuard } from './own-form.guard';
import { MailedTokenFormDto } from './page-forms.dto';
import { TakesForm } from './takes-form';
import { TEXTS } from './texts/texts';

@Public('the token from the old mailbox proves the caller, who may have lost every session')
@UseGuards(OwnFormGuard)
@Controller('email-change/undo')
export class UndoPageController {
  constructor(private readonly undoChange: UndoEmailChange) {}

  @Get()
  @AnswersHtml()
  open(@ReaderLocale() locale: Locale): string {
    return renderPage('message', locale, TEXTS[locale].undo.open);
  }

  /** Says what the button will do, and changes nothing: scanners fetch links too. */
  @Get(':token')
  @AnswersHtml()
  async ask(@Param('token') token: string, @ReaderLocale() locale: Locale): Promise<string> {
    const question = TEXTS[locale].undo.ask(await this.undoChange.preview(token));
    return renderPage('question', locale, { ...question, action: '/email-change/undo', token });
  }

  @Post()
  @TakesForm()
  async undo(
    @Body() { token }: MailedTokenFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    const { email } = await this.undoChange.execute(token, requester);
    return renderPage('message', locale, TEXTS[locale].undo.done(email));
  }
}
