import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { DisownPasswordChange } from '@app/account';
import type { Locale, Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { AnswersHtml, renderPage } from './html';
import { ReaderLocale } from './locale';
import { OwnFormGuard } from './own-form.guard';
import { MailedTokenFormDto } from './page-forms.dto';
import { TakesForm } from './takes-form';
import { TEXTS } from './texts/texts';

@Public('the token from the mail about a new password proves the caller, who may have lost every session')
@UseGuards(OwnFormGuard)
@Controller('not-me')
export class NotMePageController {
  constructor(private readonly disownChange: DisownPasswordChange) {}

  @Get()
  @AnswersHtml()
  open(@ReaderLocale() locale: Locale): string {
    return renderPage('message', locale, TEXTS[locale].notMe.open);
  }

  /** Says what the button will do, and changes nothing: scanners fetch links too. */
  @Get(':token')
  @AnswersHtml()
  async ask(@Param('token') token: string, @ReaderLocale() locale: Locale): Promise<string> {
    const { email } = await this.disownChange.preview(token);
    const question = TEXTS[locale].notMe.ask(email);
    return renderPage('question', locale, { ...question, action: '/not-me', token });
  }

  @Post()
  @TakesForm()
  async disown(
    @Body() { token }: MailedTokenFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    const { email } = await this.disownChange.execute(token, requester);
    return renderPage('message', locale, TEXTS[locale].notMe.done(email));
  }
}
