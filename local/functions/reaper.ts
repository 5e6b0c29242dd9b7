// Sees to it that no function's process outlives the gateway, even one that spins in an endless loop (and so cannot notice that its
// socket closed) under a gateway that was killed with SIGKILL (and so could not end it): a shell, of 1 MB, that is told of each
// process and ends what is left when its input closes.

import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

/** Process groups are listed as ` pid pid `; `-9` to the negative pid ends a group with what it started. */
const script = `trap '' INT TERM HUP
live=' '
while read -r sign pid; do
  case $sign in
    +) live="$live$pid " ;;
    -) live="\${live%% $pid *} \${live#* $pid }" ;;
  esac
done
for pid in $live; do kill -9 "-$pid"; done`;

export class Reaper {
  private readonly shell: ChildProcess;

  constructor() {
    // A session of its own: Ctrl-C in the terminal must not end it before its time.
    this.shell = spawn("/bin/sh", ["-c", script], {
      env: {},
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.shell.unref();
    (this.shell.stdin as Socket).unref();
    // Without it the run goes on: the processes still end with their sockets.
    this.shell.on("error", () => undefined);
    this.shell.stdin!.on("error", () => undefined);
  }

  /** A process group has started. */
  watch(pid: number): void {
    this.shell.stdin!.write(`+ ${pid}\n`);
  }

  /** A process group has ended: its number may soon be another's. */
  forget(pid: number): void {
    this.shell.stdin!.write(`- ${pid}\n`);
  }

  close(): void {
    this.shell.stdin!.end();
  }
}
