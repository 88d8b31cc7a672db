import { DomainError, type FieldError } from '@app/contracts';
import type { ArgumentMetadata } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsOptional, IsString, MinLength, ValidateNested } from 'class-validator';
import { IsCleanText } from './clean-text';
import { MalformedBody } from './strict-json';
import { IgnoresUnknownFields, ShapePipe } from './validation.pipe';

class InnerDto {
  @IsString()
  email: string;
}

class OuterDto {
  @IsString()
  @MinLength(8)
  zulu: string;

  @IsOptional()
  @IsCleanText()
  alpha?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => InnerDto)
  inner?: InnerDto;
}

@IgnoresUnknownFields()
class LenientDto {
  @IsString()
  name: string;
}

const pipe = new ShapePipe();
const body = (metatype: ArgumentMetadata['metatype']): ArgumentMetadata => ({ type: 'body', metatype });

function refusal(value: unknown, metadata = body(OuterDto)): DomainError {
  try {
    pipe.transform(value, metadata);
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('was not refused');
}

const rules = (fields: readonly FieldError[] = []) => fields.map(({ field, code }) => `${field}: ${code}`);

describe('ShapePipe [S-125]', () => {
  it('makes a body an instance of its DTO', () => {
    const dto = pipe.transform({ zulu: 'long enough', inner: { email: 'a' } }, body(OuterDto));
    expect(dto).toBeInstanceOf(OuterDto);
    expect(dto).toEqual({ zulu: 'long enough', inner: { email: 'a' } });
  });

  it('lists broken rules in the order of the DTO, unknown fields last', () => {
    const { code, details } = refusal({ other: 1, inner: { more: 1 }, alpha: 'a\0' });
    expect(code).toBe('body.invalid');
    expect(rules(details.fields)).toEqual([
      'zulu: isString',
      'zulu: minLength',
      'alpha: isCleanText',
      'inner.email: isString',
      'inner.more: unknown',
      'other: unknown',
    ]);
  });

  it.each([
    ['number', 12345678],
    ['array', ['long enough']],
    ['object', {}],
    ['null', null],
  ])('does not turn a %s into a string', (_kind, zulu) =>
    expect(rules(refusal({ zulu }).details.fields)).toContain('zulu: isString'),
  );

  it('never shows a value, nor a field name that may be one', () => {
    const { details } = refusal({ zulu: 'hunter2', '<b>hunter2</b>': 1, ['hunter2'.repeat(20)]: 1 });
    expect(JSON.stringify(details)).not.toContain('hunter2');
    expect(rules(details.fields)).toContain('(unnamed): unknown');
  });

  it('drops unknown fields where the DTO ignores them', () => {
    expect(pipe.transform({ name: 'a', other: 1 }, body(LenientDto))).toEqual({ name: 'a' });
  });

  it('takes no body for an empty one', () => {
    expect(rules(refusal(undefined).details.fields)).toContain('zulu: isString');
  });

  it.each([new MalformedBody(), null, [], 'text', 1])('refuses %p as malformed', (value) => {
    expect(refusal(value).code).toBe('body.malformed');
  });

  it('refuses a malformed body where no DTO is expected', () => {
    expect(refusal(new MalformedBody(), body(Object)).code).toBe('body.malformed');
  });

  it('leaves parameters and the values of our own decorators alone', () => {
    expect(pipe.transform('7', { type: 'param', metatype: String })).toBe('7');
    const session = { id: '7' };
    expect(pipe.transform(session, { type: 'custom', metatype: OuterDto })).toBe(session);
  });

  it('refuses a query parameter that is given twice', () => {
    const { details } = refusal({ zulu: ['long enough', 'b'] }, { type: 'query', metatype: OuterDto });
    expect(rules(details.fields)).toContain('zulu: isString');
  });
});

describe('IsCleanText', () => {
  const values = (alpha: unknown) => ({ zulu: 'long enough', alpha });

  it.each(['', 'plain', 'Zoë 🔑 密码', '\u0001'])('takes %j', (alpha) => {
    expect(pipe.transform(values(alpha), body(OuterDto))).toMatchObject({ alpha });
  });

  it.each(['a\0b', '\ud800', 'a\udc00', '\udc00\ud800', 7, ['a'], {}])('refuses %j', (alpha) => {
    expect(refusal(values(alpha)).code).toBe('body.invalid');
  });
});
