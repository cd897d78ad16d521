/** What the example of Workflows uses. `wrangler types` writes the whole module. */
declare module 'cloudflare:workers' {
  interface WorkflowEvent<Params> {
    readonly payload: Params;
  }
  interface WorkflowStep {
    do<Result>(name: string, options: object, work: () => Promise<Result>): Promise<Result>;
    sleep(name: string, duration: string): Promise<void>;
  }
  abstract class WorkflowEntrypoint<Env, Params> {
    protected readonly env: Env;
    abstract run(event: WorkflowEvent<Params>, step: WorkflowStep): Promise<unknown>;
  }
}
