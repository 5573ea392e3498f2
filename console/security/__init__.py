"""What stands between a browser and the pages: cookies, forms that are ours, headers, the district's own sign-in."""
