import { readFileSync } from 'node:fs';
import { OpenSshForward } from '../ssh/openssh-forward.ts';

/** A process that forwards through OpenSSH, options as JSON on standard input, says so, and waits to be killed. */
const options = JSON.parse(readFileSync(0, 'utf8'));
await OpenSshForward.start({ ...options, signal: new AbortController().signal });
console.log('forwarding');
