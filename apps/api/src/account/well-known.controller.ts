import { Controller, Get, HttpCode, Redirect } from '@nestjs/common';
import { ApiFoundResponse, ApiTags } from '@nestjs/swagger';
import { Settings } from '@app/platform';
import { KeyRing, SCOPES } from '@app/session';
import { Public } from '../auth/decorators';
import { AuthorizationServerDto, JwkSetDto } from './well-known.dto';

@Public('facts about the service, for programs that do not know it yet')
@ApiTags('About the service')
@Controller('.well-known')
export class WellKnownController {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KeyRing,
  ) {}

  /** Where a password manager sends people (W3C, A Well-Known URL for Changing Passwords). */
  @ApiFoundResponse({ description: 'The page is at `Location`.' })
  @Get('change-password')
  @HttpCode(302)
  @Redirect()
  changePassword(): { url: string; statusCode: number } {
    return { url: this.settings.changePasswordUrl, statusCode: 302 };
  }

  /** The keys that access tokens are signed with. */
  @Get('jwks.json')
  jwks(): JwkSetDto {
    return { keys: [...this.keys.jwks] };
  }

  /** Everything from the settings, nothing from the Host header. */
  @Get('oauth-authorization-server')
  metadata(): AuthorizationServerDto {
    const { publicUrl, internalUrl } = this.settings;
    return {
      issuer: publicUrl,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      token_endpoint: `${internalUrl}/oauth2/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      introspection_endpoint: `${internalUrl}/oauth2/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
      revocation_endpoint: `${internalUrl}/oauth2/revoke`,
      revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: [...SCOPES],
    };
  }
}
