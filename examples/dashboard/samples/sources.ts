/** Sources of the sample kernels. They are shown, not run, unless somebody runs them again. */

/** A source with this line is simulated by the executor of the samples, as Python in WebAssembly has no TensorFlow. */
export const simulated = '# The samples of the dashboard simulate this training.';

export const digits = `"""Trains a small convolutional network on digits."""
${simulated}
import tensorflow as tf

train, test = load_digits("/kaggle/input/datasets/alice/digits-small")
model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=30)
model.save("digits.keras")
`;

export const titanic = `import csv
import statistics

with open("/kaggle/input/datasets/alice/titanic-data/train.csv") as file:
    rows = list(csv.DictReader(file))

ages = [float(row["Age"]) for row in rows]
print("mean age", statistics.mean(ages))
`;

export const titanicTraceback = `Traceback (most recent call last):
  File "/kaggle/src/script.py", line 7, in <module>
    ages = [float(row["Age"]) for row in rows]
            ~~~~~^^^^^^^^^^^^
ValueError: could not convert string to float: ''
`;

export const sentimentTraceback = `Traceback (most recent call last):
  File "/kaggle/src/script.py", line 41, in <module>
    trainer.train()
  File "/usr/local/lib/python3.12/dist-packages/transformers/trainer.py", line 2245, in train
    return inner_training_loop(
\u001b[1mtorch.OutOfMemoryError\u001b[0m: CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 14.74 GiB
of which 562.12 MiB is free.
`;

export const sweep = (params: object): string => `import json
import os

os.environ["KAGGLE_TS_PARAMS"] = ${JSON.stringify(JSON.stringify(params))}
params = json.loads(os.environ["KAGGLE_TS_PARAMS"])

model = train(**params)
with open("metrics.json", "w") as file:
    json.dump({"params": params, **evaluate(model)}, file)
`;

export const forecast = `import pandas as pd

sales = pd.read_csv("/kaggle/input/datasets/alice/store-sales/sales.csv", parse_dates=["date"])
model = fit(sales)
model.predict(sales).to_parquet("forecast.parquet", row_group_size=20_000)
`;

export const weather = `library(ggplot2)

temperatures <- read.csv("/kaggle/input/datasets/bob/city-temperatures/cities.csv")
ggplot(temperatures, aes(month, celsius, color = city)) + geom_line()
ggsave("weather.svg")
`;

export const hello = `import platform

print("Hello from Python", platform.python_version())
with open("hello.txt", "w") as file:
    file.write("Hello, Kaggle!")
`;

/** A short source for kernels that are about something else. */
export const short = (text: string): string => `"""${text}"""
from pipeline import main

main()
`;
