// An app of pages, `/site/routes/<number>.html`, by Vue Router.

import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView, useRoute } from "vue-router";

const numberOf = ({ params }) => params.name.replace(".html", "");

const Route = {
  setup() {
    const route = useRoute();
    const link = (to) => h(RouterLink, { id: `to-${to}`, to: `/${to}.html` }, () => to);
    return () => h("main", { "data-number": numberOf(route) }, [...Array(21).keys()].map(link));
  },
};

const router = createRouter({ history: createWebHistory("/site/routes"), routes: [{ path: "/:name", component: Route }] });
router.afterEach((to) => {
  document.title = `Page ${numberOf(to)}`;
});
createApp({ render: () => h(RouterView) }).use(router).mount("#app");
