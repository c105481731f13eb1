import { realClock } from '@gaitway/reference-server/real-clock';
import { describeDeviceTransport } from '../device-transport.suite.ts';
import { LeanTransport } from './lean-transport.ts';

describeDeviceTransport('LeanTransport', (times) => new LeanTransport(realClock, times));
