import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CreateAccount, ManageAccount, OldPasswords } from '@app/account';
import type { Requester } from '@app/contracts';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { uuidOr } from '../known-form.pipe';
import { AccountDto } from './account.dto';
import { AccountsQueryDto, OldPasswordsDto } from './accounts-query.dto';
import { CreateAccountDto } from './create-account.dto';
import { PatchAccountDto } from './patch-account.dto';

const AccountId = () => Param('id', uuidOr('account.not-found'));

/** No route sets a password of an account that stands, or shows one: not for an administrator either. */
@ForServices()
@ApiTags('Accounts')
@Controller('internal/v1/accounts')
export class AccountsController {
  constructor(
    private readonly createAccount: CreateAccount,
    private readonly manageAccount: ManageAccount,
    private readonly oldPasswords: OldPasswords,
  ) {}

  /** Creates an account: with a password in clear, with a bcrypt hash, or with neither. */
  @Fails('email.invalid', 'email.unavailable', 'password.too-weak', 'password-hash.unsupported')
  @Post()
  @Idempotent()
  @RequiresScope('accounts:write')
  create(@Body() dto: CreateAccountDto, @RequestedBy() requester: Requester): Promise<AccountDto> {
    return this.createAccount.execute(dto, requester);
  }

  /** The account that has an address, or by `passwordOlderThanDays` those whose password has stood for so long. */
  @Fails('email.invalid', 'account.not-found')
  @Get()
  @RequiresScope('accounts:read')
  @ApiExtraModels(OldPasswordsDto)
  @ApiOkResponse({
    schema: { anyOf: [{ $ref: getSchemaPath(AccountDto) }, { $ref: getSchemaPath(OldPasswordsDto) }] },
  })
  find(@Query() query: AccountsQueryDto): Promise<AccountDto | OldPasswordsDto> {
    const { email = '', passwordOlderThanDays, after, limit = 100 } = query;
    if (passwordOlderThanDays === undefined) return this.manageAccount.getByEmail(email);
    return this.oldPasswords.list({ olderThanDays: passwordOlderThanDays, after, limit });
  }

  /** An account by its id. */
  @Fails('account.not-found')
  @Get(':id')
  @RequiresScope('accounts:read')
  read(@AccountId() id: string): Promise<AccountDto> {
    return this.manageAccount.get(id);
  }

  /** Changes what is given. Disabling ends every session at once. */
  @Fails('account.not-found', 'account.changed-meanwhile', 'change.empty')
  @Patch(':id')
  @RequiresScope('accounts:write')
  patch(
    @AccountId() id: string,
    @Body() dto: PatchAccountDto,
    @RequestedBy() requester: Requester,
  ): Promise<AccountDto> {
    return this.manageAccount.patch(id, dto, requester);
  }

  /** Erases what is personal. The account's live tokens meet "account gone" from now on. */
  @Fails('account.not-found', 'account.changed-meanwhile')
  @Delete(':id')
  @HttpCode(204)
  @RequiresScope('accounts:write')
  delete(@AccountId() id: string, @RequestedBy() requester: Requester): Promise<void> {
    return this.manageAccount.delete(id, requester);
  }

  /** Ends every session; the next sign-in yields a token that can only change the password. */
  @Fails('account.not-found', 'account.changed-meanwhile')
  @Post(':id/require-password-change')
  @Idempotent()
  @HttpCode(204)
  @RequiresScope('accounts:write')
  requirePasswordChange(@AccountId() id: string, @RequestedBy() requester: Requester): Promise<void> {
    return this.manageAccount.requirePasswordChange(id, requester);
  }
}
