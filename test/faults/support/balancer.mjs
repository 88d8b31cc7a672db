import { eventually, stop } from '../../support/processes.mjs';
import { startReplica } from '../../support/replicas.mjs';

/** Sends each request to the next of the replicas that are in service, as a load balancer does. */
export class Balancer {
  #inService;
  #underWay = new Map();
  #turn = 0;

  constructor(replicas) {
    this.#inService = [...replicas];
  }

  ask = (...request) => this.#send('ask', request);
  askInternal = (...request) => this.#send('askInternal', request);

  /** Puts a replica out of service, waits for its last answer, ends it, and puts one with `env` in its place. */
  async replace(replica, env) {
    this.#inService = this.#inService.filter((each) => each !== replica);
    await eventually(() => !this.#underWay.get(replica), 'idle replica');
    await stop(replica);
    const next = await startReplica(env, { earlier: replica });
    this.#inService.push(next);
    return next;
  }

  async #send(listener, request) {
    const replica = this.#inService[this.#turn++ % this.#inService.length];
    this.#count(replica, 1);
    try {
      return await replica[listener](...request);
    } finally {
      this.#count(replica, -1);
    }
  }

  #count(replica, step) {
    this.#underWay.set(replica, (this.#underWay.get(replica) ?? 0) + step);
  }
}
