import { builtin } from './node-modules.ts';

const agents = new Map<string, object>();

/** The protocol of an address as the module of Node that speaks it. */
export function moduleFor(url: string): 'node:http' | 'node:https' {
  return new URL(url).protocol === 'https:' ? 'node:https' : 'node:http';
}

/** Connections of transfers. Those that wait for another request do not keep the process alive: the agent unrefs them. */
export function agentFor(module: 'node:http' | 'node:https'): object {
  let agent = agents.get(module);
  if (!agent) {
    agent = new (builtin(module).Agent)({ keepAlive: true });
    agents.set(module, agent);
  }
  return agent;
}
