// Loaded when doctor looks and not before: help and completion must not wait for stores.
export { renderDoctorTable } from '@gaitway/dashboards';
export { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
export { renderOptionsOf } from '../terminal.ts';
export { diagnose } from './doctor/doctor.ts';
