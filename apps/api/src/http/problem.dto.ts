/** A field of the body, or of the query, that breaks its shape. */
export class BrokenFieldDto {
  /**
   * A nested one by its path, with dots between.
   * @example email
   */
  field: string;

  /**
   * The broken rule.
   * @example isString
   */
  code: string;

  /** @example "email must be a string" */
  message: string;
}

/** Problem details (RFC 9457). Nothing in it was sent by the client. */
export class ProblemDto {
  /** Documents the error. */
  type: string;

  title: string;

  status: number;

  /** What a program should look at; it never changes. */
  code: string;

  detail: string;

  /** The id of the request, as in the header `X-Request-Id`. */
  instance: string;

  /** With `body.invalid`. */
  errors?: BrokenFieldDto[];

  /** With `password.too-weak`; see `GET /account/v1/password-policy`. */
  reasons?: string[];
}
