import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiKeys } from '@app/account';
import type { Requester } from '@app/contracts';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { uuidOr } from '../known-form.pipe';
import { ApiKeyHolderDto, ApiKeysDto, NewApiKeyDto } from './api-key.dto';
import { RotateDto } from './rotate.dto';

const ApiKeyId = () => Param('id', uuidOr('api-key.not-found'));

@ForServices()
@RequiresScope('admin')
@ApiTags('API keys')
@Controller('internal/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeys) {}

  /** Makes a key for an account, whose person is told. Its text is in this answer alone. */
  @Fails('account.not-found')
  @Post()
  @Idempotent()
  create(@Body() { accountId }: ApiKeyHolderDto, @RequestedBy() requester: Requester): Promise<NewApiKeyDto> {
    return this.apiKeys.create(accountId, requester);
  }

  /** The keys of an account, without their text. */
  @Get()
  async list(@Query() { accountId }: ApiKeyHolderDto): Promise<ApiKeysDto> {
    return { apiKeys: await this.apiKeys.list(accountId) };
  }

  /** Ends a key. The person whose account it acts for is told. */
  @Fails('api-key.not-found', 'account.not-found')
  @Delete(':id')
  @HttpCode(204)
  revoke(@ApiKeyId() id: string, @RequestedBy() requester: Requester): Promise<void> {
    return this.apiKeys.revoke(id, requester);
  }

  /** Another key for the same account, whose person is told. */
  @Fails('api-key.not-found', 'account.not-found')
  @Post(':id/rotate')
  @Idempotent()
  @HttpCode(200)
  rotate(
    @ApiKeyId() id: string,
    @Body() { overlapSeconds }: RotateDto,
    @RequestedBy() requester: Requester,
  ): Promise<NewApiKeyDto> {
    return this.apiKeys.rotate(id, overlapSeconds ?? 0, requester);
  }
}
