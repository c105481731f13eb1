/** Names of Socket.IO rooms; in one place because viewers join them and the fan-out writes to them. */
export const patientRoom = (patient: string): string => `patient:${patient}`;
export const wardRoom = (ward: string): string => `ward:${ward}`;
