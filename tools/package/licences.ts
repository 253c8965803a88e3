import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The texts of `licences/`, by the name that packages give them. */
type Licences = (name: 'Apache-2.0' | 'GPL-3.0' | 'LGPL-3.0') => string;

/** Terms of packages that come without a file of them: their holders, as the packages or their sources name them. */
const withoutFile: Readonly<Record<string, (licences: Licences) => readonly string[]>> = {
  'onnxruntime-node': () => [mit('Microsoft Corporation')],
  'onnxruntime-common': () => [mit('Microsoft Corporation')],
  '@microsoft/fast-element': () => [mit('Microsoft Corporation')],
  '@microsoft/fast-foundation': () => [mit('Microsoft Corporation')],
  '@microsoft/fast-web-utilities': () => [mit('Microsoft Corporation')],
  '@bufbuild/protobuf': (licences) => [licences('Apache-2.0'), bsd3('2008 Google Inc.')],
};

/**
 * The terms of a package that its own files do not have. The LGPL is asked to come with what it builds on, the GPL.
 * @param root the project's folder
 * @throws Error where there are none at all
 */
export function licenceOf(root: string, name: string, licence: unknown, hasFile: boolean): readonly string[] {
  const licences: Licences = (one) =>
    readFileSync(join(root, 'tools/package/licences', `${one}.txt`), 'utf8').trim();
  const isLesser = typeof licence === 'string' && licence.includes('LGPL-3.0');
  const texts = [
    ...(hasFile ? [] : (withoutFile[name]?.(licences) ?? [])),
    ...(isLesser ? [licences('LGPL-3.0'), licences('GPL-3.0')] : []),
  ];
  if (!hasFile && texts.length === 0) {
    throw new Error(
      `${name} comes without the text of its licence (${licence}): tools/package/licences.ts may name it.`,
    );
  }
  return texts;
}

function mit(holder: string): string {
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}

function bsd3(holder: string): string {
  return `Copyright ${holder}. All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`;
}
