import { realClock } from '@gaitway/reference-server/real-clock';
import { describeDeviceTransport } from '../device-transport.suite.ts';
import { OfficialTransport } from './official-transport.ts';

describeDeviceTransport('OfficialTransport', (times) => new OfficialTransport(realClock, times));
