import { type Clock, uniform } from '@gaitway/contract';
import type { WaveStore } from '@gaitway/reference-server';
import type { ImageSource } from '../update/image-source.ts';
import type { GatewayHost } from './gateway-host.ts';

const STREAM = 0x696d67;
const ANSWER_MS = 50;

/** Images as the simulated gateways give them: nothing while the one that is asked is down, and sometimes nothing at all. */
export function simulatedImages(options: {
  clock: Clock;
  seed: number;
  waves: WaveStore;
  gatewayOf(url: string): GatewayHost | undefined;
  /** Share of requests that fail, 0 to 1. */
  failureShare(): number;
}): ImageSource {
  const { clock, seed, waves, gatewayOf, failureShare } = options;
  let asked = 0;
  return {
    piece({ server, hash, offset, bytes }, then) {
      const isLost = uniform(seed, STREAM, asked++) < failureShare();
      clock.setTimer(ANSWER_MS, () => {
        const gateway = gatewayOf(server.url);
        if (isLost || gateway === undefined || gateway.isDown) return then('later');
        void waves.image(hash).then((image) => {
          if (image === undefined || offset >= image.length) return then('never');
          const piece = image.slice(offset, offset + bytes);
          then({ bytes: piece, isLast: offset + piece.length === image.length });
        });
      });
    },
  };
}
