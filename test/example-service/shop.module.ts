import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { type ActiveToken, Person, RekeyGuard, RekeyModule, type RekeyOptions } from '@rekey/client';

@Controller('orders')
@UseGuards(RekeyGuard)
class OrdersController {
  @Get()
  list(@Person() person: ActiveToken) {
    return { ordersOf: person.sub, greeting: person.email };
  }
}

/** A service of somebody else's, that takes the access tokens of people who signed in at Rekey. */
export function shop(rekey: RekeyOptions) {
  @Module({ imports: [RekeyModule.register(rekey)], controllers: [OrdersController] })
  class ShopModule {}
  return ShopModule;
}
