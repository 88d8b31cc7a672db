import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import {
  ConfirmPasswordReset,
  nativePolicy,
  type PasswordPolicy,
  passwordRulesAttribute,
  RequestPasswordReset,
} from '@app/account';
import { DomainError, type Locale, type Requester } from '@app/contracts';
import { Settings } from '@app/platform';
import { Public, RequestedBy } from '../auth/decorators';
import { WireException } from '../http/surface';
import { AnswersHtml, htmlResponse, renderPage } from './html';
import { ReaderLocale } from './locale';
import { OwnFormGuard } from './own-form.guard';
import { NewPasswordFormDto, ResetRequestFormDto } from './page-forms.dto';
import { TakesForm } from './takes-form';
import { TEXTS } from './texts/texts';

@Public('for people who cannot sign in')
@UseGuards(OwnFormGuard)
@Controller('password-reset')
export class ResetPageController {
  private readonly policy: PasswordPolicy;

  constructor(
    private readonly requestReset: RequestPasswordReset,
    private readonly confirmReset: ConfirmPasswordReset,
    settings: Settings,
  ) {
    this.policy = nativePolicy(settings);
  }

  @Get()
  @AnswersHtml()
  open(@ReaderLocale() locale: Locale): string {
    return renderPage('reset-request', locale, TEXTS[locale].reset.request);
  }

  /** The answer never tells whether the address is an account's. */
  @Post()
  @TakesForm()
  async request(
    @Body() { email }: ResetRequestFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    await this.requestReset.execute(email, requester);
    return renderPage('message', locale, TEXTS[locale].reset.requested);
  }

  @Get(':token')
  @AnswersHtml()
  async choose(@Param('token') token: string, @ReaderLocale() locale: Locale): Promise<string> {
    await this.confirmReset.requireLive(token);
    return this.form(locale, { token });
  }

  @Post('confirm')
  @TakesForm()
  async confirm(
    @Body() form: NewPasswordFormDto,
    @ReaderLocale() locale: Locale,
    @RequestedBy() requester: Requester,
  ): Promise<string> {
    try {
      await this.confirmReset.execute(form, this.policy, requester);
    } catch (error) {
      throw isAboutPassword(error) ? this.formAgain(error, form.token, locale) : error;
    }
    return renderPage('message', locale, TEXTS[locale].reset.done);
  }

  /** With the token and without the password: that is never sent back. */
  private formAgain({ code, details }: DomainError, token: string, locale: Locale): WireException {
    const words: Record<string, string> = TEXTS[locale].reset.reasons(this.policy.minLength, this.policy.maxLength);
    const reasons = code === 'password.unchanged' ? ['unchanged'] : (details.reasons ?? []);
    return new WireException(
      htmlResponse(422, this.form(locale, { token, isRefused: true, reasons: reasons.map((reason) => words[reason]) })),
    );
  }

  private form(locale: Locale, page: object): string {
    const { policy } = this;
    const rules = { minLength: policy.minLength, passwordRules: passwordRulesAttribute(policy) };
    return renderPage('new-password', locale, { ...TEXTS[locale].reset.choose(policy.minLength), ...rules, ...page });
  }
}

function isAboutPassword(error: unknown): error is DomainError {
  return error instanceof DomainError && ['password.too-weak', 'password.unchanged'].includes(error.code);
}
