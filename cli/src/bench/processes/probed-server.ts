// The reference server's own process, and then the probe: the server must be the first that listens to the
// parent, since what the parent said before is handed to whoever listens first.
import '@gaitway/reference-server/server-process';
import './probe.ts';
