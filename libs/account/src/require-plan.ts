import { DomainError } from '@app/contracts';
import { type Plan, PLANS } from './account.entity';

export const reaches = (plan: Plan, minimum: Plan): boolean => PLANS.indexOf(plan) >= PLANS.indexOf(minimum);

/** @throws DomainError `plan.too-low` */
export function requirePlan(plan: Plan, minimum: Plan): void {
  if (!reaches(plan, minimum)) throw new DomainError('plan.too-low');
}
