import { ConfigurableModuleBuilder } from '@nestjs/common';

/** How a service reaches Rekey, and as whom. */
export interface RekeyOptions {
  /** The internal listener, e.g. `http://rekey.internal:3001`. */
  url: string;
  /** A service client with the scopes of what is asked: `tokens:introspect` for the guard. */
  clientId: string;
  clientSecret: string;
  /** Milliseconds to wait for an answer; 2000 when left out. */
  timeoutMs?: number;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: REKEY_OPTIONS } =
  new ConfigurableModuleBuilder<RekeyOptions>().build();
