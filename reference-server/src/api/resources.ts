import type { FastifyInstance } from 'fastify';
import { alerts } from './alerts.ts';
import { control } from './control.ts';
import type { ApiDeps } from './deps.ts';
import { exports } from './export.ts';
import { health } from './health.ts';
import { images } from './images.ts';
import { insights } from './insights.ts';
import { medication } from './medication.ts';
import { metrics } from './metrics.ts';
import { openApi } from './open-api.ts';
import { patients } from './patients.ts';
import { settings } from './settings.ts';
import { windows } from './windows.ts';

/** One resource of the API: registers its routes. */
export type Resource = (api: FastifyInstance, deps: ApiDeps) => void;

/** Every resource there is, in the order of the OpenAPI document. A new one is added here and nowhere else. */
export const RESOURCES: readonly Resource[] = [
  patients,
  windows,
  medication,
  alerts,
  insights,
  settings,
  images,
  exports,
  control,
  health,
  metrics,
  openApi,
];

/** What a server without the role `api` serves all the same: whoever keeps it running asks for it, and devices do. */
export const OPERATIONS: readonly Resource[] = [images, health, metrics];
