import '../contentSecurity';

import { inspectorHostProtocol, inspectorViewProtocol } from '../../shared/inspectorProtocol';
import { connect } from '../../shared/rpc/connect';
import { serve } from '../../shared/rpc/serve';
import { registerControls } from '../components/controls';
import { type MessagePoster, vscodePipe } from '../vscodePipe';
import { LatentInspector, type Memory } from './latentInspector';

declare function acquireVsCodeApi(): Memory & MessagePoster;

registerControls();
const inspector = document.querySelector('clipsight-latent-inspector');
if (inspector instanceof LatentInspector) {
  const vscode = acquireVsCodeApi();
  const pipe = vscodePipe(vscode);
  serve(pipe, 'inspector-view', inspectorViewProtocol, {
    show: (state) => {
      inspector.show(state);
    },
    focusSearch: () => {
      inspector.focusSearch();
    },
  });
  inspector.connectTo(connect(pipe, 'inspector-host', inspectorHostProtocol).remote, vscode);
}
