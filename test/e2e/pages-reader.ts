import type { TestApi } from '../support/boot-api';
import type { HeaderMap, HttpAnswer } from '../support/http-client';

export interface PageForm {
  method: string;
  action: string;
  /** What a browser would send if the person typed nothing. */
  fields: Record<string, string>;
}

/** A browser's form body. */
export function submit(
  api: TestApi,
  path: string,
  fields: Record<string, string>,
  headers: HeaderMap = {},
): Promise<HttpAnswer> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return api.http.post(path, new URLSearchParams(fields).toString(), { ...type, ...headers });
}

/** Presses the button of a page, after typing into its form. */
export function press(api: TestApi, page: HttpAnswer, typed: Record<string, string> = {}): Promise<HttpAnswer> {
  const { action, fields } = formOf(page);
  return submit(api, action, { ...fields, ...typed });
}

export function formOf({ text }: HttpAnswer): PageForm {
  const [, attributes = '', content = ''] = /<form ([^>]*)>(.*?)<\/form>/s.exec(text) ?? [];
  const inputs = [...content.matchAll(/<input ([^>]*)>/gs)].map(([, each = '']) => each);
  const named = inputs.map((input) => [attributeOf(input, 'name'), attributeOf(input, 'value')]);
  return {
    method: attributeOf(attributes, 'method'),
    action: attributeOf(attributes, 'action'),
    fields: Object.fromEntries(named) as Record<string, string>,
  };
}

export function titleOf({ text }: HttpAnswer): string {
  return /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? '';
}

export function attributeOf(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
