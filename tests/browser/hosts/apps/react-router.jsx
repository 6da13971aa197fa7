// An app of pages, `/site/routes/<number>.html`, by React Router.

import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Link, useParams } from "react-router";
import { RouterProvider } from "react-router/dom";

const Route = () => {
  const { name } = useParams();
  const number = name.replace(".html", "");
  useEffect(() => {
    document.title = `Page ${number}`;
  }, [number]);
  const links = [...Array(21).keys()].map((to) => <Link key={to} id={`to-${to}`} to={`/${to}.html`}>{to}</Link>);
  return <main data-number={number}>{links}</main>;
};

const router = createBrowserRouter([{ path: "/:name", Component: Route }], { basename: "/site/routes" });
createRoot(document.getElementById("app")).render(<RouterProvider router={router} />);
