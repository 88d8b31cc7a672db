import { KeyRing } from '@app/session';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../auth/decorators';
import { JwkSetDto } from './answers.dto';

@Public('public keys')
@ApiTags('Keys')
@Controller('api/v1/oauth2')
export class BamboocloudKeysController {
  constructor(private readonly keyRing: KeyRing) {}

  /** The keys that IdTokens are signed with (RFC 7517). */
  @Get('keys')
  keys(): JwkSetDto {
    return { keys: [...this.keyRing.jwks] };
  }
}
