import type { ChildProcess, Serializable } from 'node:child_process';
import type { Pipe } from '../shared/rpc/pipe';

/**
 * The IPC channel to a child forked with `serialization: 'advanced'` (which carries typed arrays), or, given
 * `process` in such a child, the channel to its parent.
 */
export function processPipe(end: ChildProcess | NodeJS.Process): Pipe {
  if (end.send === undefined) throw new Error('This process was not forked: it has no channel to a parent.');
  const gone = end === process ? parentGone() : childGone(end as ChildProcess);
  // One listener per port in use: Node's warning at eleven would be a false alarm.
  end.setMaxListeners(0);
  return {
    post(message) {
      // A channel that has just closed is told by onClose; what cannot be serialised is thrown to the caller.
      end.send!(message as Serializable, undefined, undefined, () => {});
    },
    onMessage(listener) {
      end.on('message', listener);
      return () => end.off('message', listener);
    },
    onClose(listener) {
      let listening = true;
      void gone.then((reason) => {
        if (listening) listener(reason);
      });
      return () => {
        listening = false;
      };
    },
  };
}

function parentGone(): Promise<string> {
  return new Promise((resolve) => process.once('disconnect', () => resolve('the parent process is gone')));
}

/** Both exit and disconnect are waited for: the first knows the reason, the second comes after the last message. */
async function childGone(child: ChildProcess): Promise<string> {
  const failure = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`it could not be started (${error.message})`);
    });
  });
  const exit = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`),
    );
  });
  const disconnect = new Promise<void>((resolve) => child.once('disconnect', resolve));
  return Promise.race([failure, Promise.all([exit, disconnect]).then(([reason]) => reason)]);
}
