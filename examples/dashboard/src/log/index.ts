export { LogView, type LogViewProps } from './log-view.tsx';
export { createLogStore, type LogStore } from './store.ts';
