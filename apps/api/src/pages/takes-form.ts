import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { AnswersHtml } from './html';

/** For what happens when a person presses the button of a page: a form in, a page out. */
export const TakesForm = () => applyDecorators(RouteConfig({ body: 'form' }), HttpCode(200), AnswersHtml());
