// Loaded when doctor looks and not before: help and completion must not wait for stores.
export { renderDoctorTable } from '@gaitway/dashboards';
export { renderOptionsOf } from '../terminal.ts';
export { diagnose } from './doctor/doctor.ts';
