package github

import "context"

// Access is what a token may do with the repository.
type Access struct {
	Push     bool // contents: write; unknown to GitHub for some kinds of tokens, which then counts as no
	Archived bool // nothing can be written, whoever asks
}

// Access asks GitHub what the token may do. It changes nothing.
func (c *Client) Access(ctx context.Context) (Access, error) {
	repo, _, err := c.api.Repositories.Get(ctx, c.owner, c.name)
	if err != nil {
		return Access{}, explain("looking up "+c.owner+"/"+c.name, err)
	}
	return Access{Push: repo.GetPermissions()["push"], Archived: repo.GetArchived()}, nil
}
