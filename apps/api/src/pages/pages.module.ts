import { Module } from '@nestjs/common';
import { SurfaceRegistry } from '../http/surface';
import { CancelPageController } from './cancel.controller';
import { pageSurface } from './error-page';
import { NotMePageController } from './not-me.controller';
import { ProblemPageController } from './problem.controller';
import { ResetPageController } from './reset.controller';
import { StyleController } from './style.controller';
import { UndoPageController } from './undo.controller';
import { VerificationPageController } from './verification.controller';

/** The few pages that mails and problem answers link to: without a script, an outside asset or a cookie. */
@Module({
  controllers: [
    CancelPageController,
    NotMePageController,
    ProblemPageController,
    ResetPageController,
    StyleController,
    UndoPageController,
    VerificationPageController,
  ],
})
export class PagesModule {
  constructor(surfaces: SurfaceRegistry) {
    surfaces.register(pageSurface('/email-change/'));
    surfaces.register(pageSurface('/email-change/cancel/', 'cancel'));
    surfaces.register(pageSurface('/email-change/undo/', 'undo'));
    surfaces.register(pageSurface('/email-verification/'));
    surfaces.register(pageSurface('/not-me/', 'notMe'));
    surfaces.register(pageSurface('/pages/'));
    surfaces.register(pageSurface('/password-reset/', 'reset'));
    surfaces.register(pageSurface('/problems/'));
  }
}
