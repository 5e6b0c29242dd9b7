// Ensures that no function's process outlives the gateway: not even one in an endless loop, which cannot notice that
// its socket closed, under a gateway ended by SIGKILL, which cannot end it. A small shell (1 MB) is notified of each
// process and kills the remaining ones when its stdin closes.

import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

/** `live` lists process groups as ` pid pid `. `kill -9` with a negative pid kills the group, including descendants. */
const script = `trap '' INT TERM HUP
live=' '
while read -r sign pid; do
  case $sign in
    +) live="$live$pid " ;;
    -) live="\${live%% $pid *} \${live#* $pid }" ;;
  esac
done
for pid in $live; do kill -9 "-$pid"; done`;

export class OrphanCleanup {
  private readonly shell: ChildProcess;

  constructor() {
    // A session of its own, so that Ctrl-C in the terminal does not end it early.
    this.shell = spawn("/bin/sh", ["-c", script], {
      env: {},
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.shell.unref();
    (this.shell.stdin as Socket).unref();
    // The run works without the shell: processes still end when their sockets close.
    this.shell.on("error", () => undefined);
    this.shell.stdin!.on("error", () => undefined);
  }

  /** A process group has started. */
  watch(pid: number): void {
    this.shell.stdin!.write(`+ ${pid}\n`);
  }

  /** A process group has ended; its id may be reused. */
  forget(pid: number): void {
    this.shell.stdin!.write(`- ${pid}\n`);
  }

  close(): void {
    this.shell.stdin!.end();
  }
}
