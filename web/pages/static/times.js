// The server's times are UTC; a page shows them as the reader's clock does.

export const localise = (within) => {
  for (const time of within.querySelectorAll("time[datetime]:not([data-local])")) {
    const date = new Date(time.dateTime);
    time.title = time.dateTime;
    time.dataset.local = "";
    time.textContent = "full" in time.dataset ? date.toLocaleString([], { hour12: false }) : date.toLocaleTimeString([], { hour12: false });
  }
};
