import type { Readable } from 'node:stream';
import { Controller, Header, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { RequestedBy } from '../../../auth/decorators';
import { RequiresScope } from '../../../auth/service-token.guard';
import { ForServices } from '../../for-services';
import { AccountImport } from './account-import';
import { DescribesImport } from './account-import.docs';
import { BodyStream } from './body-stream';

@ForServices()
@ApiTags('Accounts')
@Controller('internal/v1/accounts/import')
export class AccountImportController {
  constructor(private readonly accountImport: AccountImport) {}

  /**
   * Creates accounts from a stream: one JSON object a line, of the fields that `POST /internal/v1/accounts` takes, each
   * at most 16 KiB. Each line is answered by one line, in order, and a last one counts them. A line that is refused
   * stops nothing. An account that stands is left as it is, so the same stream can be sent again after a break: without
   * the last line an answer is not whole. Read the answer while you send; the import goes only as fast as it is read.
   */
  @Post()
  @HttpCode(200)
  @RequiresScope('accounts:write')
  @RouteConfig({ body: 'ndjson' })
  @Header('content-type', 'application/x-ndjson')
  @DescribesImport()
  import(@BodyStream() body: Readable, @RequestedBy() requester: Requester): AsyncGenerator<string> {
    return this.accountImport.answers(body, requester);
  }
}
