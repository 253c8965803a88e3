/** What VS Code calls the panels and views, here and in package.json. */
export const attributionViewType = 'clipsight.attribution';
export const compareViewType = 'clipsight.compare';
export const auditViewType = 'clipsight.audit';
export const mapViewType = 'clipsight.map';
export const inspectorViewType = 'clipsight.latent';
export const modelsViewType = 'clipsight.models';
