/** RFC 6749 5.2 */
export class OAuthErrorDto {
  error: string;
  error_description: string;
}
