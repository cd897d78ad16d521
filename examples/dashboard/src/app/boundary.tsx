import { Component, type ComponentChildren } from 'preact';
import { Problem } from '../ui/problem.tsx';

/** Shows an error that a page throws while it renders in place of the page; the rest of the app remains. */
export class Boundary extends Component<{ children: ComponentChildren }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Problem error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
