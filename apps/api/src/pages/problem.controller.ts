import { Controller, Get, Param } from '@nestjs/common';
import { DomainError, ERROR_CATALOGUE, type ErrorCode, type Locale } from '@app/contracts';
import { Public } from '../auth/decorators';
import { AnswersHtml, renderPage } from './html';
import { ReaderLocale } from './locale';

@Public('the `type` of every problem answer points here')
@Controller('problems')
export class ProblemPageController {
  /** What an error of the catalogue means, and what to do about it. */
  @Get(':code')
  @AnswersHtml()
  explain(@Param('code') code: string, @ReaderLocale() locale: Locale): string {
    if (!isErrorCode(code)) throw new DomainError('route.not-found');
    const { title: meaning, status } = ERROR_CATALOGUE[code];
    return renderPage('problem', locale, { title: code, meaning, status });
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}
