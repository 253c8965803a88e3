import '../contentSecurity';

import { auditHostProtocol, auditViewProtocol } from '../../shared/auditProtocol';
import { connect } from '../../shared/rpc/connect';
import { serve } from '../../shared/rpc/serve';
import { registerControls } from '../components/controls';
import { type MessagePoster, vscodePipe } from '../vscodePipe';
import { AuditPage, type Memory } from './auditPage';

declare function acquireVsCodeApi(): Memory & MessagePoster;

registerControls();
const page = document.querySelector('clipsight-audit');
if (page instanceof AuditPage) {
  const vscode = acquireVsCodeApi();
  const pipe = vscodePipe(vscode);
  serve(pipe, 'audit-view', auditViewProtocol, {
    show: (state) => {
      page.show(state);
    },
    progress: ({ progress }) => {
      page.progress = progress;
    },
    reveal: (finding) => page.reveal(finding),
  });
  page.connectTo(connect(pipe, 'audit-host', auditHostProtocol).remote, vscode);
}
