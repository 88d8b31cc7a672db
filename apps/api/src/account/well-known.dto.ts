/** A public RSA key (RFC 7517). */
export class JwkDto {
  kty: 'RSA';
  kid: string;
  use: 'sig';
  alg: 'RS256';
  n: string;
  e: string;
}

export class JwkSetDto {
  keys: JwkDto[];
}

/** RFC 8414: only what this service really has. People get their tokens from `/account/v1/sessions`, not from here. */
export class AuthorizationServerDto {
  /** @example https://accounts.example.com */
  issuer: string;
  jwks_uri: string;
  /** On the internal listener, for services. */
  token_endpoint: string;
  token_endpoint_auth_methods_supported: string[];
  introspection_endpoint: string;
  introspection_endpoint_auth_methods_supported: string[];
  revocation_endpoint: string;
  revocation_endpoint_auth_methods_supported: string[];
  grant_types_supported: string[];
  response_types_supported: string[];
  scopes_supported: string[];
}
