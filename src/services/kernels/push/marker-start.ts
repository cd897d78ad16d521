/**
 * Start of the line by which a prologue prints the session ID. `log/marker.ts` removes the line. In a file of its own: who reads logs
 * need not load the prologue.
 */
export const markerStart = '##kaggle-ts session=';
