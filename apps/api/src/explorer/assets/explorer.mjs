const explorer = document.getElementById('explorer');

SwaggerUIBundle({
  domNode: explorer,
  urls: JSON.parse(explorer.dataset.documents),
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  // Nothing is sent anywhere else, taken from the address, or kept when the page is left.
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
});
