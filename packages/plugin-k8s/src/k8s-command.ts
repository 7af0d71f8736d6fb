import { isNoetlError, NoetlError, readContexts } from "@noetl/sdk";
import { type ChosenContext, chooseContext } from "./cluster/choose.ts";
import { isTrusted, requireAllowed } from "./cluster/guard.ts";
import { type Kubectl, openKubectl } from "./cluster/kubectl.ts";
import { ToolCommand, type Tools } from "./command.ts";
import { configSources, type K8sConfig, loadConfig } from "./config/index.ts";
import { listProgress, type Progress, plainProgress, silentProgress } from "./deploy/progress.ts";
import type { ClusterFlagValues } from "./flags.ts";

export interface Place {
  context: ChosenContext;
  config: K8sConfig;
  kubectl: Kubectl;
}

/** What the `k8s` commands have in common: a context of kubectl, a configuration, a guard. */
export abstract class K8sCommand extends ToolCommand {
  /** Where it is done, for those that only look. */
  protected async place(flags: ClusterFlagValues, { exec, cwd }: Tools): Promise<Place> {
    const { contexts } = await readContexts(this.env);
    const known = [...contexts.values()];
    const typed = this.argv.some((word) => word === "--context" || word.startsWith("--context="));
    const fromVariable = typed ? undefined : known.find(({ name }) => name === flags.context)?.kubeContext;
    const chosen = await chooseContext(exec, {
      kubeContext: flags["kube-context"] ?? fromVariable,
      context: typed ? flags.context : undefined,
      known,
    });
    // A variable that is set once and for all is no decision about this command.
    const context =
      fromVariable === undefined || flags["kube-context"] !== undefined ? chosen : { ...chosen, named: false };
    const namespace = flags.namespace ?? context.namespace;
    const config = await loadConfig(configSources({ ...flags, namespace }, cwd));
    return { context, config, kubectl: openKubectl(exec, context.name) };
  }

  /** The same for those that change something: refuses contexts nobody meant, before anything was changed (§3). */
  protected async placeToChange(
    flags: ClusterFlagValues & { yes?: boolean | undefined },
    tools: Tools,
    action: string,
  ): Promise<Place> {
    const place = await this.place(flags, tools);
    requireAllowed(place.context, { env: this.env, yes: flags.yes === true, action });
    return place;
  }

  /**
   * Asks before data is lost. On a cluster of another machine `--yes` is not enough: there the name of the context has to be
   * typed, or given with `--confirm`. Without a terminal the hint names the flag.
   */
  protected async confirmed(
    question: string,
    { context }: Place,
    flags: { yes?: boolean | undefined; confirm?: string | undefined; "no-input"?: boolean | undefined },
  ): Promise<boolean> {
    if (flags.confirm !== undefined) {
      if (flags.confirm === context.name) return true;
      throw new NoetlError(
        "validation",
        "E_CONFIRM",
        `--confirm says '${flags.confirm}', the context is '${context.name}'`,
      );
    }
    const trusted = this.trusts(context);
    return this.agreed(question, { ...flags, yes: trusted && flags.yes === true }, context.name).catch(
      (error: unknown) => {
        if (!isNoetlError(error) || error.code !== "E_CONFIRM") throw error;
        throw new NoetlError("validation", "E_CONFIRM", error.message, {
          hint: `add ${trusted ? "--yes" : `--confirm ${context.name}`}`,
        });
      },
    );
  }

  /** Is it a cluster of this machine, or one the environment allows? */
  protected trusts(context: ChosenContext): boolean {
    return isTrusted(context, this.env);
  }

  /** Progress goes to stderr: a list on a terminal, lines elsewhere. */
  protected progress(dryRun: boolean): Progress {
    if (dryRun) return silentProgress;
    const { stderr } = process;
    // A terminal that does not know its width (0) would get one letter a line.
    const draws = stderr.isTTY === true && stderr.columns > 0 && this.env.TERM !== "dumb" && this.env.CI === undefined;
    return draws ? listProgress(stderr) : plainProgress((line) => this.note(line));
  }
}
