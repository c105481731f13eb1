import { expect, it } from 'vitest';
import { alertOf } from './archive-samples.fixture.ts';
import { OLD_ALERTS } from './old-alerts.fixture.ts';
import { fromStored } from './old-alerts.ts';

it('an alert that was stored as acknowledged is read as what it was', () => {
  expect(OLD_ALERTS.map(([stored]) => fromStored(stored))).toStrictEqual(OLD_ALERTS.map(([, was]) => was));
  expect(fromStored(alertOf('1'))).toStrictEqual(alertOf('1'));
});
