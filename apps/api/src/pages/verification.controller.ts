import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { VerifyEmail } from '@app/account';
import { DomainError, type Locale, type Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { WireException } from '../http/surface';
import { AnswersHtml, htmlResponse, renderPage } from './html';
import { ReaderLocale } from './locale';
import { OwnFormGuard } from './own-form.guard';
import { VerificationFormDto } from './page-forms.dto';
import { TakesForm } from './takes-form';
import { TEXTS } from './texts/texts';

@Public('the code that was mailed to the address proves the caller')
@UseGuards(OwnFormGuard)
@Controller('email-verification')
export class VerificationPageController {
  constructor(private readonly verifyEmail: VerifyEmail) {}

  @Get()
  @AnswersHtml()
  open(@ReaderLocale() locale: Locale): string {
    return renderPage('verification', locale, TEXTS[locale].verification.form);
  }

  @Post()
  @TakesForm()
  async confirm(
    @Body() { email, code }: VerificationFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    try {
      // Pasted from a mail, a code may bring the spaces around it.
      await this.verifyEmail.confirmByAddress({ email, code: code.trim() }, requester);
    } catch (error) {
      throw isWrong(error) ? formAgain(locale) : error;
    }
    return renderPage('message', locale, TEXTS[locale].verification.done);
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof DomainError && (error.code === 'code.invalid' || error.code === 'email.invalid');
}

function formAgain(locale: Locale): WireException {
  const page = { ...TEXTS[locale].verification.form, isRefused: true };
  return new WireException(htmlResponse(422, renderPage('verification', locale, page)));
}
