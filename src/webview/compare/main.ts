import '../contentSecurity';

import { compareHostProtocol, compareViewProtocol } from '../../shared/compareProtocol';
import { connect } from '../../shared/rpc/connect';
import { serve } from '../../shared/rpc/serve';
import { registerControls } from '../components/controls';
import { type MessagePoster, vscodePipe } from '../vscodePipe';
import { ComparePage, type Memory } from './comparePage';

declare function acquireVsCodeApi(): Memory & MessagePoster;

registerControls();
const page = document.querySelector('clipsight-compare');
if (page instanceof ComparePage) {
  const vscode = acquireVsCodeApi();
  const pipe = vscodePipe(vscode);
  serve(pipe, 'compare-view', compareViewProtocol, {
    show: (state) => {
      page.show(state);
    },
  });
  page.connectTo(connect(pipe, 'compare-host', compareHostProtocol).remote, vscode);
}
