export type { DownMessage } from './link/down-message.ts';
export * from './twin/features/bands.ts';
export * from './twin/features/feature-extractor.ts';
export * from './twin/frame-room.ts';
export * from './twin/held-frame.ts';
export * from './twin/settings.ts';
export * from './twin/ticked-device.ts';
export * from './twin/twin.ts';
