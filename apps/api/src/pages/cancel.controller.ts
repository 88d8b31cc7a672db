import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { CancelEmailChange } from '@app/account';
import type { Locale, Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { AnswersHtml, renderPage } from './html';
import { ReaderLocale } from './locale';
import { OwnFormGuard } from './own-form.guard';
import { MailedTokenFormDto } from './page-forms.dto';
import { TakesForm } from './takes-form';
import { TEXTS } from './texts/texts';

@Public('the token from the warning mail proves the caller')
@UseGuards(OwnFormGuard)
@Controller('email-change/cancel')
export class CancelPageController {
  constructor(private readonly cancelChange: CancelEmailChange) {}

  @Get()
  @AnswersHtml()
  open(@ReaderLocale() locale: Locale): string {
    return renderPage('message', locale, TEXTS[locale].cancel.open);
  }

  @Get(':token')
  @AnswersHtml()
  async ask(@Param('token') token: string, @ReaderLocale() locale: Locale): Promise<string> {
    const { newEmail } = await this.cancelChange.preview(token);
    const question = TEXTS[locale].cancel.ask(newEmail);
    return renderPage('question', locale, { ...question, action: '/email-change/cancel', token });
  }

  @Post()
  @TakesForm()
  async cancel(
    @Body() { token }: MailedTokenFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    await this.cancelChange.byToken(token, requester);
    return renderPage('message', locale, TEXTS[locale].cancel.done);
  }
}
